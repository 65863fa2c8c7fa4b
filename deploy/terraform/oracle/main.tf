locals {
  # A flexible shape has its size in its name, as the price book has it: VM.Standard.E4.Flex.2.16 is 2 OCPUs, 16 GB.
  sizes = {
    for type in distinct(var.comparison.machines[*].instance_type) : type => try(
      regex("^(?P<shape>.*[.]Flex)[.](?P<ocpus>[0-9.]+?)[.](?P<memory>[0-9]+)$", type),
      { shape = type, ocpus = null, memory = null },
    )
  }

  boot_scripts = {
    fetch_secret    = templatefile("${path.module}/boot/fetch-secret.sh.tftpl", { secrets = var.secret_ids })
    destroy_machine = file("${path.module}/boot/destroy-machine.sh")
    # Requests are signed by certificates that change each hour: Oracle's own client does that.
    prepare = [
      ["python3", "-m", "venv", "/opt/oci-cli"],
      ["/opt/oci-cli/bin/pip", "install", "--quiet", "oci-cli==3.95.1"],
    ]
  }
}

module "comparison" {
  source = "../comparison"

  provider_name         = "oci"
  regions               = [var.region]
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

# No rule lets anything in. What the subnet's own security lists let in comes in all the same: keep them empty.
resource "oci_core_network_security_group" "machines" {
  compartment_id = var.compartment_id
  vcn_id         = var.vcn_id
  display_name   = var.comparison.name
}

resource "oci_core_network_security_group_security_rule" "out" {
  for_each = { https = 443, http = 80 }

  network_security_group_id = oci_core_network_security_group.machines.id
  description               = "Packages, the release, results: ${each.key}"
  direction                 = "EGRESS"
  # TCP.
  protocol         = "6"
  destination      = "0.0.0.0/0"
  destination_type = "CIDR_BLOCK"

  tcp_options {
    destination_port_range {
      min = each.value
      max = each.value
    }
  }
}

resource "oci_core_instance" "machine" {
  #checkov:skip=CKV_OCI_6:The machine measures itself; Oracle's agent would work beside the load test
  #checkov:skip=CKV_OCI_4:Said by is_pv_encryption_in_transit_enabled of the instance, which took its place in launch_options

  for_each = module.comparison.machines

  compartment_id      = var.compartment_id
  availability_domain = var.availability_domain
  display_name        = "${var.comparison.name}-${each.key}"
  shape               = local.sizes[each.value.instance_type].shape
  freeform_tags       = { perfanalysis-comparison = var.comparison.name }

  preserve_boot_volume                = false
  is_pv_encryption_in_transit_enabled = true

  metadata = {
    user_data = base64encode(module.comparison.user_data[each.key])
  }

  dynamic "shape_config" {
    for_each = local.sizes[each.value.instance_type].ocpus == null ? [] : [local.sizes[each.value.instance_type]]

    content {
      ocpus         = tonumber(shape_config.value.ocpus)
      memory_in_gbs = tonumber(shape_config.value.memory)
    }
  }

  source_details {
    source_type = "image"
    source_id   = var.image_id
  }

  create_vnic_details {
    subnet_id        = var.subnet_id
    assign_public_ip = "false"
    nsg_ids          = [oci_core_network_security_group.machines.id]
  }

  instance_options {
    are_legacy_imds_endpoints_disabled = true
  }

  # What would work beside the load test.
  agent_config {
    are_all_plugins_disabled = true
    is_management_disabled   = true
    is_monitoring_disabled   = true
  }

  dynamic "preemptible_instance_config" {
    for_each = each.value.purchase == "spot" ? [1] : []

    content {
      preemption_action {
        type                 = "TERMINATE"
        preserve_boot_volume = false
      }
    }
  }

  depends_on = [oci_identity_policy.machines]
}
