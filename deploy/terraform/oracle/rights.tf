# What a machine may: read the secrets that are named, and terminate machines of the comparison's compartment.
resource "oci_identity_dynamic_group" "machines" {
  compartment_id = var.tenancy_id
  name           = "perfanalysis-${var.comparison.name}"
  description    = "Machines of a comparison by PerfAnalysis"
  matching_rule  = "ALL {instance.compartment.id = '${var.compartment_id}'}"
}

resource "oci_identity_policy" "machines" {
  compartment_id = var.tenancy_id
  name           = "perfanalysis-${var.comparison.name}"
  description    = "Machines of a comparison read their keys and terminate themselves"

  statements = concat(
    [
      # To terminate a machine takes its disk and its address along.
      for family in ["instance-family", "volume-family", "virtual-network-family"] :
      "Allow dynamic-group ${oci_identity_dynamic_group.machines.name} to ${family == "instance-family" ? "manage" : "use"} ${family} in compartment id ${var.compartment_id}"
    ],
    [
      for id in values(var.secret_ids) :
      "Allow dynamic-group ${oci_identity_dynamic_group.machines.name} to read secret-bundles in tenancy where target.secret.id = '${id}'"
    ],
    [
      "Allow any-user to manage instance-family in compartment id ${var.compartment_id} where all {request.principal.type = 'resourceschedule', request.principal.compartment.id = '${var.compartment_id}'}"
    ],
  )
}
