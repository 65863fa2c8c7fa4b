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

variable "project" {
  description = "The project that the machines are made in; one of its own is best."
  type        = string
}

variable "zone" {
  description = "The zone of the machines."
  type        = string
}

variable "network" {
  description = "The network of the subnetwork, by name or self link."
  type        = string
}

variable "subnetwork" {
  description = "A subnetwork of yours from which machines reach the portal, package mirrors and Google's API; one with Cloud NAT is best."
  type        = string
}

variable "public_address" {
  description = "Whether the machines get public addresses, for a network without NAT. Nothing may come in by them either."
  type        = bool
  default     = false
}

variable "image" {
  description = "An image of Debian 12, Ubuntu 24.04 or later, of the machines' architecture."
  type        = string
  default     = "debian-cloud/debian-12"
}

variable "disk_type" {
  description = "Of the boot disk: newer families of machines take hyperdisk-balanced alone."
  type        = string
  default     = "pd-balanced"
}
