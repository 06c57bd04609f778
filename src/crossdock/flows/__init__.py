"""What happens, when: one module per flow, written against roles. The rules are in `decide`, the systems in `ports`."""
