# Oracle has no expiry for an instance, and its scheduler cannot terminate, only stop: nothing more is paid for a
# standard shape then but its disk, until `tofu destroy`.
resource "oci_resource_scheduler_schedule" "expiry" {
  for_each = oci_core_instance.machine

  compartment_id     = var.compartment_id
  display_name       = each.value.display_name
  description        = "Stops a machine of a comparison after its time limit"
  action             = "STOP_RESOURCE"
  recurrence_type    = "CRON"
  recurrence_details = formatdate("m h D M '*'", module.comparison.ends_at)
  time_starts        = timeadd(module.comparison.ends_at, "-10m")

  resources {
    id = each.value.id
  }
}
