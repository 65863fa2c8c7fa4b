output "machines" {
  description = "All regions in one view, by the machines' names in results: id, type, region and purchase."
  value = {
    for key, machine in module.comparison.machines : "${var.comparison.name}-${key}" => merge(machine, { id = azurerm_linux_virtual_machine.machine[key].id })
  }
}

output "ends_at" {
  description = "When Azure stops and deallocates what is left."
  value       = module.comparison.ends_at
}

output "cost" {
  description = "The most that the machines of all regions cost in their time limit."
  value       = module.comparison.cost
}
