"""What people type about programs."""
