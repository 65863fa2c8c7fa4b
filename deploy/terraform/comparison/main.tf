# What is the same on all providers: which machines there are, whether they may be made (the budget), until when
# (the time limit), and their user data. It makes no machines, and needs no provider's plug-in.

locals {
  # A price that is older than this is asked for again.
  most_hours_of_a_cost = 168

  rows = flatten([
    for row in var.machines : [
      for region in coalesce(row.regions, var.regions) : {
        instance_type = row.instance_type
        region        = region
        purchase      = row.purchase
        count         = row.count
      }
    ]
  ])

  # Lists, for two rows may be about the same machines, and the plan is to say so in words.
  machines_by_key = {
    for machine in flatten([
      for row in local.rows : [
        for index in range(row.count) : {
          key = join("-", concat(
            [lower(replace(row.instance_type, "/[^A-Za-z0-9]+/", "-"))],
            length(var.regions) > 1 ? [row.region] : [],
            row.purchase == "spot" ? ["spot"] : [],
            [index + 1],
          ))
          instance_type = row.instance_type
          region        = row.region
          purchase      = row.purchase
        }
      ]
    ]) : machine.key => machine...
  }

  machines = {
    for key, found in local.machines_by_key : key => {
      instance_type = found[0].instance_type
      region        = found[0].region
      purchase      = found[0].purchase
    }
  }

  cost = jsondecode(file(var.cost_file))

  # Both in words, so that they are equal whatever the order and the type of numbers are.
  wanted_rows = sort([for row in local.rows : "${row.count} x ${row.instance_type} ${row.purchase} ${row.region}"])
  priced_rows = sort([for row in local.cost.machines : "${row.count} x ${row.instance_type} ${row.purchase} ${row.region}"])

  total = try(tonumber(local.cost.total), null)

  prices = {
    for row in local.cost.machines : "${row.instance_type} ${row.purchase} ${row.region}" => row.price_per_hour...
    if row.price_per_hour != null && row.currency == "USD"
  }
}

resource "terraform_data" "begun" {
  input = plantimestamp()

  lifecycle {
    # The time limit counts from the first apply.
    ignore_changes = [input]

    precondition {
      condition     = local.cost.provider == var.provider_name && tonumber(local.cost.hours) == var.hours
      error_message = "${var.cost_file} is about ${local.cost.hours} hours of ${local.cost.provider}, and this is about ${var.hours} hours of ${var.provider_name}: run `perfanalysis cloud cost` again."
    }

    precondition {
      condition     = local.wanted_rows == local.priced_rows
      error_message = "${var.cost_file} is about other machines than these (${join(", ", local.wanted_rows)}): run `perfanalysis cloud cost` again."
    }

    precondition {
      condition     = local.total != null
      error_message = "${var.cost_file} has no total, for some prices are not known: bring them into the price book, and run `perfanalysis cloud cost` again."
    }

    precondition {
      condition     = local.total == null ? true : local.total <= var.budget
      error_message = "These machines cost up to ${coalesce(local.cost.total, "?")} ${coalesce(local.cost.currency, "?")} in their time limit, and the budget is ${var.budget}: fewer machines, fewer hours, spot, or a larger budget."
    }
  }
}

# Only for its preconditions, which are looked at in each plan: that of the first apply as well as later ones.
resource "terraform_data" "may_be_made" {
  input = local.wanted_rows

  lifecycle {
    precondition {
      condition     = timecmp(timeadd(local.cost.asked_at, "${local.most_hours_of_a_cost}h"), terraform_data.begun.output) > 0
      error_message = "${var.cost_file} is from ${local.cost.asked_at}, more than a week old: run `perfanalysis cloud cost` again."
    }

    precondition {
      condition     = timecmp(plantimestamp(), timeadd(terraform_data.begun.output, "${floor(var.hours * 3600)}s")) <= 0
      error_message = "The time limit of this comparison is over, and its machines have destroyed themselves: `tofu destroy` removes the rest. Without that, an apply would make them again."
    }

    precondition {
      condition     = length(local.machines) == sum([for row in local.rows : row.count])
      error_message = "Two rows of machines are about the same type, purchase and region: put them together."
    }

    precondition {
      condition     = var.portal_url != null || var.remote_write_url != null
      error_message = "Nobody would get the results: give portal_url or remote_write_url."
    }

    precondition {
      condition     = var.portal_url == null || var.portal_key_name != ""
      error_message = "The portal asks for a key: give portal_key_name, the name that it has in the provider's store of secrets."
    }
  }
}
