"""What runs when: jobs, cadences, and the budgets of remote systems. The one place that knows the queue."""
