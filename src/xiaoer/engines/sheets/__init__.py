"""Tables in files: text, workbooks, or whichever of them it is."""
