# Azure has no expiry for a virtual machine. What it has is a time of the day at which a machine is stopped and
# deallocated: nothing more is paid for the machine then, only for its disk, until `tofu destroy`.
resource "azurerm_dev_test_global_vm_shutdown_schedule" "expiry" {
  for_each = azurerm_linux_virtual_machine.machine

  virtual_machine_id    = each.value.id
  location              = each.value.location
  enabled               = true
  daily_recurrence_time = formatdate("hhmm", module.comparison.ends_at)
  timezone              = "UTC"
  tags                  = local.tags

  notification_settings {
    enabled = false
  }

  lifecycle {
    precondition {
      condition     = var.comparison.hours <= 23
      error_message = "On Azure the time limit is at most 23 hours: its own clock knows a time of the day, and would stop machines on their first day."
    }
  }
}
