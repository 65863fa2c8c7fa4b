# Two types of machines in two regions, with one budget and one view. docs/cloud.md goes through it.
terraform {
  required_version = ">= 1.6"

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 4.55"
    }
  }
}

provider "azurerm" {
  subscription_id = var.subscription_id

  features {
    # Disks of machines that have deleted themselves go with the group.
    resource_group {
      prevent_deletion_if_contains_resources = false
    }
  }
}

module "machines" {
  source = "../.."

  comparison       = var.comparison
  subnets          = var.regions
  key_vault        = var.key_vault
  admin_public_key = var.admin_public_key
}

output "machines" {
  value = module.machines.machines
}

output "ends_at" {
  value = module.machines.ends_at
}
