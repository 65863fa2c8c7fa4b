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

variable "tenancy_id" {
  description = "The tenancy: it is where groups of machines are."
  type        = string
}

variable "compartment_id" {
  description = "The compartment that the machines are made in; it has to be one of its own, for machines may delete what is in it."
  type        = string
}

variable "region" {
  description = "The region of the provider that the module is given, such as eu-frankfurt-1."
  type        = string
}

variable "availability_domain" {
  description = "Such as Uocm:EU-FRANKFURT-1-AD-1."
  type        = string
}

variable "vcn_id" {
  description = "The network of the subnet."
  type        = string
}

variable "subnet_id" {
  description = "A private subnet of yours from which machines reach the portal, package mirrors and Oracle's API (NAT gateway). Its security lists count beside the group that is made here."
  type        = string
}

variable "image_id" {
  description = "An image of Ubuntu 24.04 or later in this region, of the machines' architecture. Oracle Linux has other packages, and does not work."
  type        = string
}

variable "secret_ids" {
  description = "By the names of the keys that the comparison gives: the OCIDs of the secrets in the vault."
  type        = map(string)
  default     = {}
}
