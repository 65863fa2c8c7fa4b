"""Who a machine is and what it has: identity, inventory, cloud, facts, CPU lists and quotas."""
