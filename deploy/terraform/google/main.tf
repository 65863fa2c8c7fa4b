locals {
  region = join("-", slice(split("-", var.zone), 0, 2))

  boot_scripts = {
    fetch_secret    = templatefile("${path.module}/boot/fetch-secret.sh.tftpl", { project = var.project })
    destroy_machine = file("${path.module}/boot/destroy-machine.sh")
  }

  secrets = toset([for name in [var.comparison.portal_key_name, var.comparison.remote_write_key_name] : name if name != ""])
}

module "comparison" {
  source = "../comparison"

  provider_name         = "gcp"
  regions               = [local.region]
  name                  = var.comparison.name
  machines              = var.comparison.machines
  hours                 = var.comparison.hours
  budget                = var.comparison.budget
  cost_file             = var.comparison.cost_file
  release_url           = var.comparison.release_url
  release_sha256        = var.comparison.release_sha256
  loadtest_options      = var.comparison.loadtest_options
  portal_url            = var.comparison.portal_url
  portal_key_name       = var.comparison.portal_key_name
  remote_write_url      = var.comparison.remote_write_url
  remote_write_key_name = var.comparison.remote_write_key_name
  destroy_when_done     = var.comparison.destroy_when_done
  boot_scripts          = local.boot_scripts
}

# Before every other rule of the network, those for ssh from anywhere among them.
resource "google_compute_firewall" "nothing_comes_in" {
  name                    = "${var.comparison.name}-nothing-comes-in"
  project                 = var.project
  network                 = var.network
  direction               = "INGRESS"
  priority                = 0
  source_ranges           = ["0.0.0.0/0"]
  target_service_accounts = [google_service_account.machines.email]

  deny {
    protocol = "all"
  }
}

resource "google_compute_instance" "machine" {
  #checkov:skip=CKV_GCP_38:Its disk is gone with it within hours, and Google encrypts it; no key is to be in the state
  #checkov:skip=CKV_GCP_40:Only where public_address is given; nothing comes in by it

  for_each = module.comparison.machines

  name         = "${var.comparison.name}-${each.key}"
  project      = var.project
  zone         = var.zone
  machine_type = each.value.instance_type
  labels       = { perfanalysis-comparison = var.comparison.name }

  metadata = {
    user-data              = module.comparison.user_data[each.key]
    block-project-ssh-keys = "true"
    enable-oslogin         = "TRUE"
    serial-port-enable     = "FALSE"
  }

  boot_disk {
    auto_delete = true

    initialize_params {
      image = var.image
      type  = var.disk_type
    }
  }

  network_interface {
    subnetwork = var.subnetwork

    dynamic "access_config" {
      for_each = var.public_address ? [1] : []
      content {}
    }
  }

  service_account {
    email  = google_service_account.machines.email
    scopes = ["cloud-platform"]
  }

  shielded_instance_config {
    enable_secure_boot          = true
    enable_vtpm                 = true
    enable_integrity_monitoring = true
  }

  scheduling {
    provisioning_model = each.value.purchase == "spot" ? "SPOT" : "STANDARD"
    preemptible        = each.value.purchase == "spot"
    # A machine that is moved while it measures has measured two.
    automatic_restart   = false
    on_host_maintenance = "TERMINATE"

    # Google's own expiry: also where the machine hangs, and where nobody runs tofu again.
    instance_termination_action = "DELETE"

    max_run_duration {
      seconds = floor(var.comparison.hours * 3600) + 900
    }
  }

  # What a machine needs of others when it begins.
  depends_on = [
    google_compute_firewall.nothing_comes_in,
    google_secret_manager_secret_iam_member.machines,
  ]
}
