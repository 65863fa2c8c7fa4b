# EC2 has no expiry of its own for an instance. A schedule of EventBridge stands in for it: it terminates what is left a
# quarter of an hour after the time limit, also where a machine hangs or never came up.
data "aws_iam_policy_document" "schedule_is" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["scheduler.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

data "aws_iam_policy_document" "schedule_may" {
  statement {
    actions   = ["ec2:TerminateInstances"]
    resources = ["arn:${data.aws_partition.current.partition}:ec2:${var.region}:${data.aws_caller_identity.current.account_id}:instance/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/perfanalysis-comparison"
      values   = [var.comparison.name]
    }
  }
}

resource "aws_iam_role" "expiry" {
  name_prefix        = "${var.comparison.name}-"
  assume_role_policy = data.aws_iam_policy_document.schedule_is.json
  tags               = local.tags
}

resource "aws_iam_role_policy" "expiry" {
  name   = "terminate-these"
  role   = aws_iam_role.expiry.id
  policy = data.aws_iam_policy_document.schedule_may.json
}

# One for each machine: a call that names an instance which is gone already would fail for all of them.
resource "aws_scheduler_schedule" "expiry" {
  #checkov:skip=CKV_AWS_297:Nothing in it is secret: the id of a machine, and when it ends

  for_each = aws_instance.machine

  name                         = "${var.comparison.name}-${each.key}"
  description                  = "Terminates a machine of a comparison after its time limit"
  schedule_expression          = "at(${formatdate("YYYY-MM-DD'T'hh:mm:ss", module.comparison.ends_at)})"
  schedule_expression_timezone = "UTC"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = "arn:${data.aws_partition.current.partition}:scheduler:::aws-sdk:ec2:terminateInstances"
    role_arn = aws_iam_role.expiry.arn
    input    = jsonencode({ InstanceIds = [each.value.id] })
  }
}
