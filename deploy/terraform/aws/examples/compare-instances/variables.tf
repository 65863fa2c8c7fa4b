variable "comparison" {
  description = "See ../../variables.tf."
  type        = any
}

variable "region" {
  type = string
}

variable "vpc_id" {
  type = string
}

variable "subnet_id" {
  type = string
}
