# What a machine may: read the secrets that are named, and delete itself alone.
resource "azurerm_role_definition" "destroy_machine" {
  name        = "${var.comparison.name}: a machine that deletes itself"
  scope       = azurerm_resource_group.comparison.id
  description = "Machines of a comparison by PerfAnalysis delete themselves when their time is over"

  permissions {
    actions = ["Microsoft.Compute/virtualMachines/read", "Microsoft.Compute/virtualMachines/delete"]
  }

  assignable_scopes = [azurerm_resource_group.comparison.id]
}

resource "azurerm_role_assignment" "destroy_machine" {
  for_each = azurerm_linux_virtual_machine.machine

  scope              = each.value.id
  role_definition_id = azurerm_role_definition.destroy_machine.role_definition_resource_id
  principal_id       = each.value.identity[0].principal_id
}

resource "azurerm_role_assignment" "read_secret" {
  for_each = local.reads

  scope                = "${var.key_vault.id}/secrets/${each.value.secret}"
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_linux_virtual_machine.machine[each.value.machine].identity[0].principal_id
}
