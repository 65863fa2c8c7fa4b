# Three types of machines, three machines of each. docs/cloud.md goes through it.
terraform {
  required_version = ">= 1.6"

  required_providers {
    oci = {
      source  = "oracle/oci"
      version = ">= 6.34, < 8.0"
    }
  }
}

provider "oci" {
  region = var.region
}

module "machines" {
  source = "../.."

  comparison          = var.comparison
  tenancy_id          = var.tenancy_id
  compartment_id      = var.compartment_id
  region              = var.region
  availability_domain = var.availability_domain
  vcn_id              = var.vcn_id
  subnet_id           = var.subnet_id
  image_id            = var.image_id
  secret_ids          = var.secret_ids
}

output "machines" {
  value = module.machines.machines
}

output "ends_at" {
  value = module.machines.ends_at
}
