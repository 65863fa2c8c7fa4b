variable "comparison" {
  description = "See ../../variables.tf."
  type        = any
}

variable "project" {
  type = string
}

variable "zone" {
  type = string
}

variable "network" {
  type = string
}

variable "subnetwork" {
  type = string
}
