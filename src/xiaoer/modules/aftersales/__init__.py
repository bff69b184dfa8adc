"""The door of the room aftersales: what others may call, and nothing else."""

__all__: list[str] = []
