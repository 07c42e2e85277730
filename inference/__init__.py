"""Networks, phases and pipelines; no Django below `tasks`."""
