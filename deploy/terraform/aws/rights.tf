# What a machine may: read the parameters that are named, and nothing else.
data "aws_iam_policy_document" "machine_is" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "machine_may" {
  statement {
    actions   = ["ssm:GetParameter"]
    resources = local.parameters
  }

  dynamic "statement" {
    for_each = var.secrets_key_arn == null ? [] : [var.secrets_key_arn]

    content {
      actions   = ["kms:Decrypt"]
      resources = [statement.value]
    }
  }
}

resource "aws_iam_role" "machines" {
  name_prefix        = "${var.comparison.name}-"
  assume_role_policy = data.aws_iam_policy_document.machine_is.json
  tags               = local.tags
}

resource "aws_iam_role_policy" "machines" {
  # A receiver that asks for no token needs none.
  count  = length(local.parameters) > 0 ? 1 : 0
  name   = "read-keys"
  role   = aws_iam_role.machines.id
  policy = data.aws_iam_policy_document.machine_may.json
}

resource "aws_iam_instance_profile" "machines" {
  name_prefix = "${var.comparison.name}-"
  role        = aws_iam_role.machines.name
  tags        = local.tags
}
