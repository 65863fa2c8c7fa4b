# Three types of machines, three machines of each, on demand and spot. docs/cloud.md goes through it.
terraform {
  required_version = ">= 1.6"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.9, < 7.0"
    }
  }
}

provider "aws" {
  region = var.region
}

module "machines" {
  source = "../.."

  comparison = var.comparison
  region     = var.region
  vpc_id     = var.vpc_id
  subnet_id  = var.subnet_id
}

output "machines" {
  value = module.machines.machines
}

output "ends_at" {
  value = module.machines.ends_at
}
