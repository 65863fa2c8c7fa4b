variable "comparison" {
  description = "Which machines, for how long and for how much, and who gets the results: see ../comparison/variables.tf."
  type = object({
    name = string
    machines = list(object({
      instance_type = string
      count         = optional(number, 3)
      purchase      = optional(string, "on_demand")
      regions       = optional(list(string))
    }))
    hours                 = number
    budget                = number
    cost_file             = string
    release_url           = string
    release_sha256        = string
    loadtest_options      = optional(list(string), [])
    portal_url            = optional(string)
    portal_key_name       = optional(string, "")
    remote_write_url      = optional(string)
    remote_write_key_name = optional(string, "")
    destroy_when_done     = optional(bool, true)
  })
}

variable "subnets" {
  description = "By region: a subnet of yours from which machines reach the portal, package mirrors and Azure's API (NAT gateway). The regions of the comparison are those that stand here."
  type        = map(string)

  validation {
    condition     = length(var.subnets) > 0
    error_message = "At least one region with its subnet."
  }
}

variable "key_vault" {
  description = "The vault that has the keys: its id, and its address such as https://comparisons.vault.azure.net. It grants by roles (RBAC)."
  type        = object({ id = string, uri = string })
}

variable "admin_public_key" {
  description = "A public ssh key, without which Azure makes no Linux machine. Nothing comes in, so nobody can use it."
  type        = string
}

variable "image" {
  description = "An image of Debian 12, Ubuntu 24.04 or later, of the machines' architecture."
  type        = object({ publisher = string, offer = string, sku = string, version = string })
  default     = { publisher = "Debian", offer = "debian-12", sku = "12-gen2", version = "latest" }
}

variable "tags" {
  description = "Of all that is made."
  type        = map(string)
  default     = {}
}
