"""What people start: each flow composes the rooms of tasks/ and holds no logic of its own."""
