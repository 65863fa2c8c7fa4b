variable "name" {
  description = "Of this comparison: begins the names of all that is made."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,18}[a-z0-9]$", var.name))
    error_message = "The name has 3 to 20 small letters, digits and hyphens, and begins with a letter."
  }
}

variable "provider_name" {
  description = "As the price book writes it: aws, azure, gcp, oci."
  type        = string
}

variable "regions" {
  description = "Where the machines are made; each row of machines in all of them, unless it names its own."
  type        = list(string)

  validation {
    condition     = length(var.regions) > 0 && length(distinct(var.regions)) == length(var.regions)
    error_message = "At least one region, each of them once."
  }
}

variable "machines" {
  description = "The types to compare; count is machines of the type in each region, and purchase on_demand or spot."
  type = list(object({
    instance_type = string
    count         = optional(number, 3)
    purchase      = optional(string, "on_demand")
    regions       = optional(list(string))
  }))

  validation {
    condition     = length(var.machines) > 0
    error_message = "At least one type of machine."
  }

  validation {
    condition     = alltrue([for row in var.machines : row.count >= 1 && row.count <= 100 && floor(row.count) == row.count])
    error_message = "The count of each type is a whole number from 1 to 100."
  }

  validation {
    condition     = alltrue([for row in var.machines : contains(["on_demand", "spot"], row.purchase)])
    error_message = "The purchase of each type is on_demand or spot."
  }
}

variable "hours" {
  description = "The time limit: after so many hours from its boot a machine destroys itself, whatever happens."
  type        = number

  validation {
    condition     = var.hours > 0 && var.hours <= 72
    error_message = "The time limit is more than 0 and at most 72 hours."
  }
}

variable "budget" {
  description = "The most that all machines together may cost in their time limit, in the currency of the cost file."
  type        = number

  validation {
    condition     = var.budget > 0
    error_message = "The budget is more than 0."
  }
}

variable "cost_file" {
  description = "What `perfanalysis cloud cost --json` wrote about these machines."
  type        = string
}

variable "release_url" {
  description = "Where the release is: an archive of the source, or a wheel of the machines' kind."
  type        = string

  validation {
    condition     = can(regex("^(https|file)://[^ #]+$", var.release_url))
    error_message = "The release is at an https:// address without a fragment."
  }
}

variable "release_sha256" {
  description = "The SHA-256 of the release, without which pip does not install it."
  type        = string

  validation {
    condition     = can(regex("^[0-9a-f]{64}$", var.release_sha256))
    error_message = "The SHA-256 has 64 digits from 0 to f."
  }
}

variable "loadtest_options" {
  description = "Further flags of `perfanalysis loadtest run`, such as [\"--kernel=all\"]. No secrets: they are in the user data."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for word in var.loadtest_options : can(regex("^[A-Za-z0-9=.,_/:%-]+$", word))])
    error_message = "Flags have letters, digits, and = . , _ / : % - in them."
  }
}

variable "portal_url" {
  description = "The portal that gets the results, such as https://portal.example; null: none."
  type        = string
  default     = null

  validation {
    condition     = var.portal_url == null || can(regex("^https?://[A-Za-z0-9._:-]+$", var.portal_url))
    error_message = "The portal is an address such as https://portal.example, without a path."
  }
}

variable "remote_write_url" {
  description = "The receiver of remote write that gets results and metrics; null: none."
  type        = string
  default     = null

  validation {
    condition     = var.remote_write_url == null || can(regex("^https?://[A-Za-z0-9._:/-]+$", var.remote_write_url))
    error_message = "The receiver is an address such as https://mimir.example/api/v1/push."
  }
}

variable "portal_key_name" {
  description = "The name under which the provider's store of secrets has the portal's key. The key itself is never given."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^[A-Za-z0-9_./-]{0,200}$", var.portal_key_name))
    error_message = "A secret's name has letters, digits and _ . / - in it."
  }
}

variable "remote_write_key_name" {
  description = "The same of the receiver's token; empty: it asks for none."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^[A-Za-z0-9_./-]{0,200}$", var.remote_write_key_name))
    error_message = "A secret's name has letters, digits and _ . / - in it."
  }
}

variable "boot_scripts" {
  description = "What is the provider's own on a machine: fetch_secret prints a secret by its name, destroy_machine destroys it, prepare makes both possible."
  type = object({
    fetch_secret    = string
    destroy_machine = string
    prepare         = optional(list(list(string)), [])
    packages        = optional(list(string), [])
  })
}

variable "destroy_when_done" {
  description = "Whether a machine destroys itself once its results are sent, before its time limit."
  type        = bool
  default     = true
}
