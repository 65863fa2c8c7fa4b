# What a machine may: read the secrets that are named, and delete machines of this comparison.
resource "google_service_account" "machines" {
  account_id   = "perf-${var.comparison.name}"
  project      = var.project
  display_name = "Machines of a comparison by PerfAnalysis"
}

resource "google_secret_manager_secret_iam_member" "machines" {
  for_each = local.secrets

  project   = var.project
  secret_id = each.value
  role      = "roles/secretmanager.secretAccessor"
  member    = "serviceAccount:${google_service_account.machines.email}"
}

resource "google_project_iam_custom_role" "destroy_machine" {
  role_id     = "perfanalysis_${replace(var.comparison.name, "-", "_")}"
  project     = var.project
  title       = "A machine of ${var.comparison.name} that deletes itself"
  permissions = ["compute.instances.delete"]
}

resource "google_compute_instance_iam_member" "destroy_machine" {
  for_each = google_compute_instance.machine

  project       = var.project
  zone          = var.zone
  instance_name = each.value.name
  role          = google_project_iam_custom_role.destroy_machine.id
  member        = "serviceAccount:${google_service_account.machines.email}"
}
