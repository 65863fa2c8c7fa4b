output "machines" {
  description = "By their key: instance_type, region and purchase. Known only where the machines may be made."
  value       = local.machines
  depends_on  = [terraform_data.may_be_made]
}

output "user_data" {
  description = "Of each machine, by its key: cloud-config as text."
  value       = local.user_data
  depends_on  = [terraform_data.may_be_made]
}

output "ends_at" {
  description = "When the provider's own clock is to destroy what is left: the time limit, and a quarter of an hour for the machines to do so."
  value       = timeadd(terraform_data.begun.output, "${local.seconds + 900}s")
}

output "cost" {
  description = "The most that the machines cost in their time limit, and its currency; disks, addresses and traffic are not in it."
  value       = { total = local.cost.total, currency = local.cost.currency }
}
