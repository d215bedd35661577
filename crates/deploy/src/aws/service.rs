//! The services we call: their names, hosts and protocols.

/// A service of AWS, as far as a request must know it.
#[derive(Debug, PartialEq, Eq)]
pub struct Service {
    /// The prefix of its actions in policies: `glue`.
    pub name: &'static str,
    /// The name the SDKs know it by, which `AWS_ENDPOINT_URL_<ID>` spells in capitals.
    pub id: &'static str,
    /// The first label of its host.
    pub host: &'static str,
    /// The name in its signatures.
    pub signing_name: &'static str,
    pub protocol: Protocol,
    pub scope: Scope,
}

/// How requests are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// A JSON body, the operation in a header.
    Json {
        version: &'static str,
        target: &'static str,
    },
    /// A JSON body, the operation in method and path.
    Rest,
    /// A form, answered in XML.
    Query { version: &'static str },
}

/// Whether the service is in every Region, or one for the whole partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    Regional,
    Global,
}

/// All services by name.
pub mod services {
    use super::{Protocol, Scope, Service};

    const fn json(
        name: &'static str,
        id: &'static str,
        version: &'static str,
        target: &'static str,
    ) -> Service {
        Service {
            name,
            id,
            host: name,
            signing_name: name,
            protocol: Protocol::Json { version, target },
            scope: Scope::Regional,
        }
    }

    const fn rest(name: &'static str, id: &'static str) -> Service {
        Service {
            name,
            id,
            host: name,
            signing_name: name,
            protocol: Protocol::Rest,
            scope: Scope::Regional,
        }
    }

    const fn query(name: &'static str, id: &'static str, version: &'static str) -> Service {
        Service {
            name,
            id,
            host: name,
            signing_name: name,
            protocol: Protocol::Query { version },
            scope: Scope::Regional,
        }
    }

    pub const ATHENA: Service = json("athena", "Athena", "1.1", "AmazonAthena");
    pub const CLOUDFORMATION: Service = query("cloudformation", "CloudFormation", "2010-05-15");
    pub const CLOUDWATCH: Service = Service {
        host: "monitoring",
        signing_name: "monitoring",
        ..json(
            "cloudwatch",
            "CloudWatch",
            "1.0",
            "GraniteServiceVersion20100801",
        )
    };
    pub const GLUE: Service = json("glue", "Glue", "1.1", "AWSGlue");
    pub const IAM: Service = Service {
        scope: Scope::Global,
        ..query("iam", "IAM", "2010-05-08")
    };
    pub const IDENTITY_STORE: Service =
        json("identitystore", "identitystore", "1.1", "AWSIdentityStore");
    pub const KMS: Service = json("kms", "KMS", "1.1", "TrentService");
    pub const LAKE_FORMATION: Service = rest("lakeformation", "LakeFormation");
    pub const LAMBDA: Service = rest("lambda", "Lambda");
    pub const LOGS: Service = json("logs", "CloudWatch Logs", "1.1", "Logs_20140328");
    pub const QUICKSIGHT: Service = rest("quicksight", "QuickSight");
    pub const SCHEDULER: Service = rest("scheduler", "Scheduler");
    pub const SERVICE_QUOTAS: Service = json(
        "servicequotas",
        "Service Quotas",
        "1.1",
        "ServiceQuotasV20190624",
    );
    pub const SNS: Service = query("sns", "SNS", "2010-03-31");
    pub const SQS: Service = json("sqs", "SQS", "1.0", "AmazonSQS");
    pub const SSO_ADMIN: Service = json("sso", "SSO Admin", "1.1", "SWBExternalService");
    pub const STS: Service = query("sts", "STS", "2011-06-15");
    /// Its requests are those of the SDK's own client; this names it in messages.
    pub const S3: Service = rest("s3", "S3");
}

impl Service {
    /// The address in a Region, and the Region to sign for.
    pub(crate) fn endpoint(&self, region: &str, uses_fips: bool) -> (String, String) {
        let suffix = dns_suffix(region);
        let host = if uses_fips {
            format!("{}-fips", self.host)
        } else {
            self.host.to_owned()
        };
        if self.scope == Scope::Regional {
            return (
                format!("https://{host}.{region}.{suffix}"),
                region.to_owned(),
            );
        }
        match partition_of(region) {
            "aws" => (format!("https://{host}.{suffix}"), "us-east-1".to_owned()),
            "aws-us-gov" => (
                format!("https://{host}.us-gov.{suffix}"),
                "us-gov-west-1".to_owned(),
            ),
            "aws-cn" => (
                format!("https://{host}.cn-north-1.{suffix}"),
                "cn-north-1".to_owned(),
            ),
            _ => (
                format!("https://{host}.{region}.{suffix}"),
                region.to_owned(),
            ),
        }
    }
}

/// `aws`, `aws-cn`, `aws-us-gov` and so on, from the name of a Region.
pub(crate) fn partition_of(region: &str) -> &'static str {
    let partitions = [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-isob-", "aws-iso-b"),
        ("us-isof-", "aws-iso-f"),
        ("us-iso-", "aws-iso"),
        ("eu-isoe-", "aws-iso-e"),
        ("eusc-", "aws-eusc"),
    ];
    let found = partitions
        .iter()
        .find(|(start, _)| region.starts_with(start));
    found.map_or("aws", |(_, partition)| partition)
}

/// What hosts of a Region end in.
pub(crate) fn dns_suffix(region: &str) -> &'static str {
    match partition_of(region) {
        "aws-cn" => "amazonaws.com.cn",
        "aws-iso" => "c2s.ic.gov",
        "aws-iso-b" => "sc2s.sgov.gov",
        "aws-iso-e" => "cloud.adc-e.uk",
        "aws-iso-f" => "csp.hci.ic.gov",
        "aws-eusc" => "amazonaws.eu",
        _ => "amazonaws.com",
    }
}

#[cfg(test)]
mod tests {
    use super::services::{CLOUDWATCH, GLUE, IAM};

    #[test]
    fn every_partition_has_its_hosts() {
        let cases = [
            (
                &GLUE,
                "eu-central-1",
                "https://glue.eu-central-1.amazonaws.com",
                "eu-central-1",
            ),
            (
                &GLUE,
                "cn-northwest-1",
                "https://glue.cn-northwest-1.amazonaws.com.cn",
                "cn-northwest-1",
            ),
            (
                &CLOUDWATCH,
                "us-gov-east-1",
                "https://monitoring.us-gov-east-1.amazonaws.com",
                "us-gov-east-1",
            ),
            (
                &IAM,
                "ap-southeast-2",
                "https://iam.amazonaws.com",
                "us-east-1",
            ),
            (
                &IAM,
                "cn-northwest-1",
                "https://iam.cn-north-1.amazonaws.com.cn",
                "cn-north-1",
            ),
            (
                &IAM,
                "us-gov-east-1",
                "https://iam.us-gov.amazonaws.com",
                "us-gov-west-1",
            ),
        ];
        for (service, region, host, signed_for) in cases {
            let expected = (host.to_owned(), signed_for.to_owned());
            assert_eq!(
                service.endpoint(region, false),
                expected,
                "{} {region}",
                service.name
            );
        }
        let (host, _) = GLUE.endpoint("us-east-1", true);
        assert_eq!(host, "https://glue-fips.us-east-1.amazonaws.com");
    }
}
