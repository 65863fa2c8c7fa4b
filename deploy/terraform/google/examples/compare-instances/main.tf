# Three types of machines, three machines of each. docs/cloud.md goes through it.
terraform {
  required_version = ">= 1.6"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 6.0, < 8.0"
    }
  }
}

provider "google" {
  project = var.project
}

module "machines" {
  source = "../.."

  comparison = var.comparison
  project    = var.project
  zone       = var.zone
  network    = var.network
  subnetwork = var.subnetwork
}

output "machines" {
  value = module.machines.machines
}

output "ends_at" {
  value = module.machines.ends_at
}
