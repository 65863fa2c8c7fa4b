data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_ami" "debian" {
  count       = var.image_id == null ? 1 : 0
  most_recent = true
  # Debian's own account.
  owners = ["136693071363"]

  filter {
    name   = "name"
    values = ["debian-12-amd64-*"]
  }
}

locals {
  # Of everything that is made: what the rights below are limited to.
  tags = merge(var.tags, { perfanalysis-comparison = var.comparison.name })

  boot_scripts = {
    fetch_secret    = file("${path.module}/boot/fetch-secret.sh")
    destroy_machine = file("${path.module}/boot/destroy-machine.sh")
  }

  parameters = [
    for name in [var.comparison.portal_key_name, var.comparison.remote_write_key_name] :
    "arn:${data.aws_partition.current.partition}:ssm:${var.region}:${data.aws_caller_identity.current.account_id}:parameter/${trimprefix(name, "/")}"
    if name != ""
  ]
}

module "comparison" {
  source = "../comparison"

  provider_name         = "aws"
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

# Nothing comes in; out go packages, results and name service.
resource "aws_security_group" "machines" {
  name_prefix = "${var.comparison.name}-"
  description = "Machines of a comparison: nothing comes in"
  vpc_id      = var.vpc_id
  tags        = local.tags

  dynamic "egress" {
    for_each = { https = 443, http = 80 }

    content {
      description = "Packages, the release, results: ${egress.key}"
      from_port   = egress.value
      to_port     = egress.value
      protocol    = "tcp"
      cidr_blocks = ["0.0.0.0/0"]
    }
  }
}

resource "aws_instance" "machine" {
  #checkov:skip=CKV_AWS_126:The machine measures itself; detailed monitoring costs, and tells less

  for_each = module.comparison.machines

  ami           = coalesce(var.image_id, one(data.aws_ami.debian[*].id))
  instance_type = each.value.instance_type

  subnet_id                   = var.subnet_id
  vpc_security_group_ids      = [aws_security_group.machines.id]
  associate_public_ip_address = var.public_address
  iam_instance_profile        = aws_iam_instance_profile.machines.name
  user_data                   = module.comparison.user_data[each.key]
  ebs_optimized               = true
  monitoring                  = false

  # A machine that powers off is gone.
  instance_initiated_shutdown_behavior = "terminate"

  dynamic "instance_market_options" {
    for_each = each.value.purchase == "spot" ? [1] : []

    content {
      market_type = "spot"

      spot_options {
        spot_instance_type             = "one-time"
        instance_interruption_behavior = "terminate"
      }
    }
  }

  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  root_block_device {
    encrypted             = true
    delete_on_termination = true
    tags                  = local.tags
  }

  tags = merge(local.tags, { Name = "${var.comparison.name}-${each.key}" })

  lifecycle {
    # A newer image is no reason to make a machine anew while it measures.
    ignore_changes = [ami]
  }
}
