output "machines" {
  description = "By their names in results: id, type, region and purchase."
  value = {
    for key, machine in module.comparison.machines : "${var.comparison.name}-${key}" => merge(machine, { id = aws_instance.machine[key].id })
  }
}

output "ends_at" {
  description = "When AWS terminates what is left."
  value       = module.comparison.ends_at
}

output "cost" {
  description = "The most that the machines cost in their time limit."
  value       = module.comparison.cost
}
