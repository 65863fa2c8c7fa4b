locals {
  regions = sort(keys(var.subnets))
  tags    = merge(var.tags, { perfanalysis-comparison = var.comparison.name })

  boot_scripts = {
    fetch_secret    = templatefile("${path.module}/boot/fetch-secret.sh.tftpl", { vault = trimsuffix(var.key_vault.uri, "/") })
    destroy_machine = file("${path.module}/boot/destroy-machine.sh")
  }

  secrets = toset([for name in [var.comparison.portal_key_name, var.comparison.remote_write_key_name] : name if name != ""])

  # Each machine with each secret that it reads.
  reads = {
    for pair in setproduct(keys(module.comparison.machines), local.secrets) : "${pair[0]} ${pair[1]}" => { machine = pair[0], secret = pair[1] }
  }
}

module "comparison" {
  source = "../comparison"

  provider_name         = "azure"
  regions               = local.regions
  name                  = var.comparison.name
  machines              = var.comparison.machines
  hours                 = var.comparison.hours
  budget                = var.comparison.budget
  cost_file             = var.comparison.cost_file
  release_url           = var.comparison.release_url
  release_sha256        = var.comparison.release_sha256
  loadtest_options      = var.comparison.loadtest_options
  portal_url            = var.comparison.portal_url
  portal_key_name       = var.comparison.portal_key_name
  remote_write_url      = var.comparison.remote_write_url
  remote_write_key_name = var.comparison.remote_write_key_name
  destroy_when_done     = var.comparison.destroy_when_done
  boot_scripts          = local.boot_scripts
}

# One group for all regions: it is what `tofu destroy`, or a person, removes at once.
resource "azurerm_resource_group" "comparison" {
  name     = var.comparison.name
  location = local.regions[0]
  tags     = local.tags
}

resource "azurerm_network_security_group" "nothing_comes_in" {
  for_each = var.subnets

  name                = "${var.comparison.name}-${each.key}"
  resource_group_name = azurerm_resource_group.comparison.name
  location            = each.key
  tags                = local.tags

  # Azure's own rules would let other machines of the network in.
  security_rule {
    name                       = "nothing-comes-in"
    priority                   = 100
    direction                  = "Inbound"
    access                     = "Deny"
    protocol                   = "*"
    source_port_range          = "*"
    source_address_prefix      = "*"
    destination_port_range     = "*"
    destination_address_prefix = "*"
  }
}

resource "azurerm_network_interface" "machine" {
  for_each = module.comparison.machines

  name                = "${var.comparison.name}-${each.key}"
  resource_group_name = azurerm_resource_group.comparison.name
  location            = each.value.region
  tags                = local.tags

  ip_configuration {
    name                          = "inside"
    subnet_id                     = var.subnets[each.value.region]
    private_ip_address_allocation = "Dynamic"
  }
}

resource "azurerm_network_interface_security_group_association" "machine" {
  for_each = module.comparison.machines

  network_interface_id      = azurerm_network_interface.machine[each.key].id
  network_security_group_id = azurerm_network_security_group.nothing_comes_in[each.value.region].id
}

resource "azurerm_linux_virtual_machine" "machine" {
  for_each = module.comparison.machines

  name                  = "${var.comparison.name}-${each.key}"
  resource_group_name   = azurerm_resource_group.comparison.name
  location              = each.value.region
  size                  = each.value.instance_type
  network_interface_ids = [azurerm_network_interface.machine[each.key].id]
  custom_data           = base64encode(module.comparison.user_data[each.key])
  tags                  = local.tags

  admin_username                  = "perfadmin"
  disable_password_authentication = true
  # Nobody runs anything on it from outside.
  allow_extension_operations = false

  admin_ssh_key {
    username   = "perfadmin"
    public_key = var.admin_public_key
  }

  priority        = each.value.purchase == "spot" ? "Spot" : "Regular"
  eviction_policy = each.value.purchase == "spot" ? "Delete" : null

  # By it a machine reads its keys, and deletes itself.
  identity {
    type = "SystemAssigned"
  }

  os_disk {
    caching              = "ReadWrite"
    storage_account_type = "Standard_LRS"
  }

  source_image_reference {
    publisher = var.image.publisher
    offer     = var.image.offer
    sku       = var.image.sku
    version   = var.image.version
  }

  depends_on = [azurerm_network_interface_security_group_association.machine]
}
