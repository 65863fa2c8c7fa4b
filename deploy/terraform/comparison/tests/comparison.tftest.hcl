# `tofu test` in deploy/terraform/comparison: what the modules of all providers stand on.
variables {
  provider_name   = "aws"
  regions         = ["eu-central-1"]
  name            = "tests"
  hours           = 2
  budget          = 2
  cost_file       = "tests/cost.json"
  release_url     = "https://files.example/perfanalysis-0.2.0.tar.gz"
  release_sha256  = "0000000000000000000000000000000000000000000000000000000000000000"
  portal_url      = "https://portal.example"
  portal_key_name = "perfanalysis/portal-key"
  machines = [
    { instance_type = "m7i.large", count = 2 },
    { instance_type = "m7i.large", count = 1, purchase = "spot" },
  ]
  boot_scripts = { fetch_secret = "#!/bin/sh\n", destroy_machine = "#!/bin/sh\n" }
}

run "machines_are_made_by_count_and_purchase" {
  assert {
    condition     = join(" ", keys(output.machines)) == "m7i-large-1 m7i-large-2 m7i-large-spot-1"
    error_message = "The keys are ${join(" ", keys(output.machines))}."
  }

  assert {
    condition     = output.machines["m7i-large-spot-1"].purchase == "spot"
    error_message = "A spot machine is bought otherwise."
  }

  assert {
    condition     = alltrue([for text in values(output.user_data) : startswith(text, "#cloud-config\n") && can(yamldecode(text))])
    error_message = "The user data is no cloud-config."
  }

  assert {
    condition     = timecmp(output.ends_at, timeadd(plantimestamp(), "2h14m")) > 0 && timecmp(output.ends_at, timeadd(plantimestamp(), "2h16m")) < 0
    error_message = "The provider's clock is set to ${output.ends_at}."
  }
}

run "a_budget_that_is_not_enough_stops_the_plan" {
  command = plan

  variables {
    budget = 1
  }

  expect_failures = [terraform_data.begun]
}

run "other_machines_than_the_priced_ones_stop_the_plan" {
  command = plan

  variables {
    machines = [{ instance_type = "m7i.large", count = 3 }]
  }

  expect_failures = [terraform_data.begun]
}

run "other_hours_than_the_priced_ones_stop_the_plan" {
  command = plan

  variables {
    hours = 3
  }

  expect_failures = [terraform_data.begun]
}

run "an_unknown_price_stops_the_plan" {
  command = plan

  variables {
    cost_file = "tests/cost-unknown.json"
  }

  expect_failures = [terraform_data.begun]
}

run "nobody_who_gets_the_results_stops_the_plan" {
  command = plan

  variables {
    portal_url = null
  }

  expect_failures = [terraform_data.may_be_made]
}

run "a_portal_without_the_name_of_a_key_stops_the_plan" {
  command = plan

  variables {
    portal_key_name = ""
  }

  expect_failures = [terraform_data.may_be_made]
}

run "the_same_row_twice_stops_the_plan" {
  command = plan

  variables {
    cost_file = "tests/cost-twice.json"
    machines  = [{ instance_type = "m7i.large", count = 2 }, { instance_type = "m7i.large", count = 2 }]
  }

  expect_failures = [terraform_data.may_be_made]
}

run "words_that_a_shell_or_systemd_would_read_are_refused" {
  command = plan

  variables {
    loadtest_options = ["--kernel=all; reboot"]
  }

  expect_failures = [var.loadtest_options]
}

run "a_price_that_is_too_old_stops_the_plan" {
  command = plan

  variables {
    cost_file = "tests/cost-old.json"
  }

  expect_failures = [terraform_data.may_be_made]
}
