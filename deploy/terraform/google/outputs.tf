output "machines" {
  description = "By their names in results: id, type, region and purchase."
  value = {
    for key, machine in module.comparison.machines : "${var.comparison.name}-${key}" => merge(machine, { id = google_compute_instance.machine[key].instance_id })
  }
}

output "ends_at" {
  description = "When Google deletes what is left, at the latest: it counts from each machine's start."
  value       = module.comparison.ends_at
}

output "cost" {
  description = "The most that the machines cost in their time limit."
  value       = module.comparison.cost
}
