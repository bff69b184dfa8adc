"""Xiaoer (小二): self-hosted customer service for retail and e-commerce groups."""

__version__ = "0.1.0"
