variable "comparison" {
  description = "See ../../variables.tf."
  type        = any
}

variable "subscription_id" {
  type = string
}

variable "regions" {
  description = "By region the id of its subnet."
  type        = map(string)
}

variable "key_vault" {
  type = object({ id = string, uri = string })
}

variable "admin_public_key" {
  type = string
}
