//! What serves has a URL that stays over all revisions, and that anybody may call.

use aws_sdk_lambda::types::FunctionUrlAuthType;
use hosting::Fault;

use super::function::{Function, LIVE, conflicts, is_missing};

impl Function<'_> {
    /// The URL of what serves, which anybody may call.
    pub(super) async fn url(&self) -> Result<String, Fault> {
        let get = self
            .client
            .get_function_url_config()
            .function_name(&self.name);
        let url = match get.qualifier(LIVE).send().await {
            Ok(answer) => answer.function_url,
            Err(error) if is_missing(&error) => {
                let create = self.client.create_function_url_config();
                let create = create.function_name(&self.name).qualifier(LIVE);
                let created = create.auth_type(FunctionUrlAuthType::None).send().await;
                let created = created.map_err(|error| self.fault("given a URL", error))?;
                created.function_url
            }
            Err(error) => return Err(self.fault("looked at", error)),
        };
        self.permit("lambda:InvokeFunctionUrl", "url").await?;
        self.permit("lambda:InvokeFunction", "invoke").await?;
        Ok(url)
    }

    /// A URL that anybody may call needs both permissions (AWS Lambda, "Control access to Lambda function URLs").
    async fn permit(&self, action: &str, statement: &str) -> Result<(), Fault> {
        let add = self.client.add_permission().function_name(&self.name);
        let add = add.qualifier(LIVE).statement_id(statement);
        let add = add.action(action).principal("*");
        let add = if statement == "url" {
            add.function_url_auth_type(FunctionUrlAuthType::None)
        } else {
            add.invoked_via_function_url(true)
        };
        match add.send().await {
            Ok(_) => Ok(()),
            Err(error) if conflicts(&error) => Ok(()),
            Err(error) => Err(self.fault("opened to everybody", error)),
        }
    }
}
