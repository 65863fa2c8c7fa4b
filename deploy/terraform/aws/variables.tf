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

variable "region" {
  description = "The region of the provider that the module is given."
  type        = string
}

variable "subnet_id" {
  description = "A subnet of yours from which machines reach the portal, package mirrors and the AWS API; a private one behind a NAT gateway is best."
  type        = string
}

variable "vpc_id" {
  description = "The network of that subnet."
  type        = string
}

variable "public_address" {
  description = "Whether the machines get public addresses, for a subnet without NAT. Nothing may come in by them either."
  type        = bool
  default     = false
}

variable "image_id" {
  description = "An image of Debian 12, Ubuntu 24.04 or later, of the machines' architecture; null: the newest Debian 12 for amd64."
  type        = string
  default     = null
}

variable "secrets_key_arn" {
  description = "The KMS key that the parameters with the keys are encrypted by; null: the account's own of SSM."
  type        = string
  default     = null
}

variable "tags" {
  description = "Of all that is made."
  type        = map(string)
  default     = {}
}
