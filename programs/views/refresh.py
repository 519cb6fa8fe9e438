"""Program data changed: have every stored result brought up to date."""


def refresh(by: str, cause: str) -> None:
    """Start a recompute once the change is kept. Call it after the service that changed program data."""
