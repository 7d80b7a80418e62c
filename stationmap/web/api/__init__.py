"""What other programs ask under ``/api/v1``: one module a subject, each with its routes and their description."""
