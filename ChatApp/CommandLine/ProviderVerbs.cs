using System.CommandLine;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Providers;

namespace ChatApp.CommandLine;

/// <summary><c>providers add</c>, <c>list</c>, <c>set-key</c>, <c>disable</c> and <c>enable</c>.</summary>
public static class ProviderVerbs
{
    public static Command Create(IServiceProvider services) => new("providers", "The services that serve models.")
    {
        CreateAdd(services), CreateList(services), CreateSetKey(services), CreateSwitch(services, "disable", false), CreateSwitch(services, "enable", true),
    };

    private static Command CreateAdd(IServiceProvider services)
    {
        var slug = new Option<string>("--slug") { Required = true, Description = "First half of its models' addresses: lower-case letters, digits, hyphens." };
        var kind = new Option<ProviderKind>("--kind")
        {
            Required = true,
            HelpName = "openai|anthropic|demo",
            Description = "What it speaks. openai: OpenAI, Azure, Ollama, vLLM, LM Studio, OpenRouter and others.",
        };
        kind.AcceptOnlyFromAmong("openai", "anthropic", "demo");
        var name = new Option<string?>("--name") { Description = "Its name for people; the slug unless given." };
        var baseUrl = new Option<string?>("--base-url") { Description = "Root of its API, as http://localhost:11434/v1; the kind's own unless given." };
        var (apiKey, apiKeyEnv) = (NewApiKeyOption(), NewApiKeyEnvOption());
        var anyModel = new Option<bool>("--any-model") { Description = "Let SLUG/anything address a model, without models add." };
        var add = new Command("add", "Adds a provider.") { slug, kind, name, baseUrl, apiKey, apiKeyEnv, anyModel };
        add.SetAction(async (result, cancellationToken) =>
        {
            var provider = new NewProvider(result.GetRequiredValue(slug), result.GetRequiredValue(kind))
            {
                Name = result.GetValue(name),
                BaseUrl = result.GetValue(baseUrl),
                ApiKey = result.GetValue(apiKey),
                ApiKeyVariable = result.GetValue(apiKeyEnv),
                AnyModel = result.GetValue(anyModel),
            };
            await services.GetRequiredService<ProviderAdmin>().AddAsync(provider, cancellationToken);
            await result.InvocationConfiguration.Output.WriteLineAsync($"Added the provider {provider.Slug}.");
        });
        return add;
    }

    private static Command CreateList(IServiceProvider services)
    {
        var list = new Command("list", "Lists the providers with their models.");
        list.SetAction(async (result, cancellationToken) =>
        {
            var output = result.InvocationConfiguration.Output;
            foreach (var provider in await services.GetRequiredService<ProviderAdmin>().ListAsync(cancellationToken))
            {
                string state = provider.Enabled ? "" : " (disabled)";
                await output.WriteLineAsync($"{provider.Slug}  {provider.Kind}  {provider.BaseUrl ?? "default address"}{state}");
                if (provider.Problem is not null)
                    await output.WriteLineAsync($"  ! {provider.Problem}");
                foreach (var model in provider.Models)
                    await output.WriteLineAsync($"  {model.Address}{(model.IsDefault ? "  (default)" : "")}{(model.Vision == false ? "  (can't see images)" : "")}");
                if (provider.AnyModel)
                    await output.WriteLineAsync($"  {provider.Slug}/…  (any model)");
            }
        });
        return list;
    }

    private static Command CreateSetKey(IServiceProvider services)
    {
        var slug = new Option<string>("--slug") { Required = true, Description = "The provider." };
        var (apiKey, apiKeyEnv) = (NewApiKeyOption(), NewApiKeyEnvOption());
        var set = new Command("set-key", "Gives a provider another API key, or another place to find it; neither takes it away.") { slug, apiKey, apiKeyEnv };
        set.SetAction(async (result, cancellationToken) =>
        {
            await services.GetRequiredService<ProviderAdmin>()
                .SetKeyAsync(result.GetRequiredValue(slug), result.GetValue(apiKey), result.GetValue(apiKeyEnv), cancellationToken);
            await result.InvocationConfiguration.Output.WriteLineAsync($"Changed the API key of the provider {result.GetRequiredValue(slug)}.");
        });
        return set;
    }

    private static Command CreateSwitch(IServiceProvider services, string verb, bool enabled)
    {
        var slug = new Option<string>("--slug") { Required = true, Description = "The provider." };
        var command = new Command(verb, enabled ? "Lets the provider's models answer again." : "Keeps the provider's models from answering; nothing is deleted.") { slug };
        command.SetAction(async (result, cancellationToken) =>
        {
            await services.GetRequiredService<ProviderAdmin>().SetEnabledAsync(result.GetRequiredValue(slug), enabled, cancellationToken);
            await result.InvocationConfiguration.Output.WriteLineAsync($"The provider {result.GetRequiredValue(slug)} is {verb}d.");
        });
        return command;
    }

    private static Option<string?> NewApiKeyOption() =>
        new("--api-key") { Description = "The API key; stored encrypted. Other users of this machine may see it in the list of processes." };

    private static Option<string?> NewApiKeyEnvOption() =>
        new("--api-key-env") { HelpName = "NAME", Description = "Environment variable of the server that holds the API key." };
}
