# The module of the cloud of our own: as those of deploy/terraform, with curl for a provider.
terraform {
  required_version = ">= 1.6"
}

variable "comparison" {
  type = any
}

variable "socket" {
  type = string
}

variable "grace" {
  description = "Seconds from the time limit to the provider's own expiry."
  type        = number
  default     = 60
}

module "comparison" {
  source = "../../../../deploy/terraform/comparison"

  provider_name    = "fake"
  regions          = ["here"]
  name             = var.comparison.name
  machines         = var.comparison.machines
  hours            = var.comparison.hours
  budget           = var.comparison.budget
  cost_file        = var.comparison.cost_file
  release_url      = var.comparison.release_url
  release_sha256   = var.comparison.release_sha256
  loadtest_options = var.comparison.loadtest_options
  portal_url       = var.comparison.portal_url
  portal_key_name  = var.comparison.portal_key_name

  remote_write_url      = var.comparison.remote_write_url
  remote_write_key_name = "receiver-key"

  boot_scripts = {
    fetch_secret    = "#!/bin/sh\nexec curl --fail --silent --show-error --max-time 10 \"http://169.254.169.254/secret/$1\"\n"
    destroy_machine = "#!/bin/sh\ncurl --fail --silent --show-error --max-time 10 --request DELETE http://169.254.169.254/self\nsleep 30\nexit 1\n"
  }
}

resource "terraform_data" "machine" {
  for_each = module.comparison.machines
  input    = { name = "${var.comparison.name}-${each.key}", socket = var.socket }

  provisioner "local-exec" {
    command = "printf '%s' \"$USER_DATA\" | curl --fail --silent --show-error --unix-socket \"$SOCKET\" --data-binary @- \"http://cloud/machines/$NAME?expires=$EXPIRES\""
    environment = {
      SOCKET    = self.input.socket
      NAME      = self.input.name
      EXPIRES   = floor(var.comparison.hours * 3600) + var.grace
      USER_DATA = module.comparison.user_data[each.key]
    }
  }

  provisioner "local-exec" {
    when    = destroy
    command = "curl --fail --silent --show-error --unix-socket \"$SOCKET\" --request DELETE \"http://cloud/machines/$NAME\""
    environment = {
      SOCKET = self.input.socket
      NAME   = self.input.name
    }
  }
}

output "machines" {
  value = { for key, machine in module.comparison.machines : terraform_data.machine[key].output.name => machine }
}
