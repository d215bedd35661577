//! `to_utf8` and `to_hex`: conversions around a digest.

use std::fmt::Write;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, BinaryArray, StringViewArray, StringViewBuilder};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue, exec_err, plan_err};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};

/// `to_utf8(varchar)`: the bytes of a string.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct ToUtf8 {
    signature: Signature,
}

impl ToUtf8 {
    pub(crate) fn new() -> Self {
        Self {
            signature: Signature::user_defined(Volatility::Immutable),
        }
    }
}

impl ScalarUDFImpl for ToUtf8 {
    fn name(&self) -> &'static str {
        "to_utf8"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        match arg_types {
            [DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null] => {
                Ok(vec![DataType::Utf8View])
            }
            other => plan_err!("to_utf8 expects one varchar, found {other:?}"),
        }
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Binary)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        map_argument(args, |array| {
            let texts = array
                .as_string_view()
                .iter()
                .map(|text| text.map(str::as_bytes));
            Ok(Arc::new(texts.collect::<BinaryArray>()))
        })
    }
}

/// `to_hex(varbinary)`: upper-case hexadecimal digits.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct ToHex {
    signature: Signature,
}

impl ToHex {
    pub(crate) fn new() -> Self {
        Self {
            signature: Signature::user_defined(Volatility::Immutable),
        }
    }
}

impl ScalarUDFImpl for ToHex {
    fn name(&self) -> &'static str {
        "to_hex"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        match arg_types {
            [DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::Null] => {
                Ok(vec![DataType::Binary])
            }
            other => plan_err!("to_hex expects one varbinary, found {other:?}"),
        }
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8View)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        map_argument(args, |array| {
            let mut texts = StringViewBuilder::with_capacity(array.len());
            let mut digits = String::new();
            for bytes in array.as_binary::<i32>() {
                let Some(bytes) = bytes else {
                    texts.append_null();
                    continue;
                };
                digits.clear();
                for byte in bytes {
                    if write!(digits, "{byte:02X}").is_err() {
                        return exec_err!("to_hex could not format a byte");
                    }
                }
                texts.append_value(&digits);
            }
            let texts: StringViewArray = texts.finish();
            Ok(Arc::new(texts))
        })
    }
}

/// Applies `function` to the only argument; once if it is a constant.
fn map_argument(
    args: ScalarFunctionArgs,
    function: impl Fn(&ArrayRef) -> Result<ArrayRef>,
) -> Result<ColumnarValue> {
    let return_type = args.return_field.data_type().clone();
    match args.args.into_iter().next() {
        Some(ColumnarValue::Array(array)) => Ok(ColumnarValue::Array(function(&array)?)),
        Some(ColumnarValue::Scalar(value)) => {
            let array = function(&value.to_array()?)?;
            Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(
                &cast(&array, &return_type)?,
                0,
            )?))
        }
        None => exec_err!("expected one argument, found none"),
    }
}
