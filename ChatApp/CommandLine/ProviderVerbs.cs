using System.CommandLine;
using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Providers;

namespace ChatApp.CommandLine;

/// <summary><c>providers add</c>, <c>providers list</c> and <c>models add</c>.</summary>
public static class ProviderVerbs
{
    public static Command CreateProviders(IServiceProvider services) =>
        new("providers", "The services that serve models.") { CreateAdd(services), CreateList(services) };

    public static Command CreateModels(IServiceProvider services) =>
        new("models", "The models of the providers.") { CreateAddModel(services) };

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
        var apiKey = new Option<string?>("--api-key") { Description = "The API key; stored encrypted. Other users of this machine may see it in the list of processes." };
        var apiKeyEnv = new Option<string?>("--api-key-env") { HelpName = "NAME", Description = "Environment variable of the server that holds the API key." };
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

    private static Command CreateAddModel(IServiceProvider services)
    {
        var provider = new Option<string>("--provider") { Required = true, Description = "Slug of the provider." };
        var name = new Option<string>("--name") { Required = true, Description = "The name the provider knows the model by." };
        var isDefault = new Option<bool>("--default") { Description = "Make it the default model." };
        var fallback = new Option<string?>("--fallback") { Description = "Address provider/name of the model that answers when this one fails before its first token." };
        var vision = new Option<bool>("--vision") { Description = "It can look at images. Unless this or --no-vision is given that is not known, and images are sent." };
        var noVision = new Option<bool>("--no-vision") { Description = "It can't look at images: messages with images are refused." };
        var add = new Command("add", "Adds a model.") { provider, name, isDefault, fallback, vision, noVision };
        add.SetAction(async (result, cancellationToken) =>
        {
            bool? sees = (result.GetValue(vision), result.GetValue(noVision)) switch
            {
                (true, true) => throw RequestProblem.Invalid("vision", "Give --vision or --no-vision, not both."),
                (true, _) => true,
                (_, true) => false,
                _ => null,
            };
            var model = new NewModel(
                result.GetRequiredValue(provider), result.GetRequiredValue(name), result.GetValue(isDefault), result.GetValue(fallback), sees);
            await services.GetRequiredService<ProviderAdmin>().AddModelAsync(model, cancellationToken);
            await result.InvocationConfiguration.Output.WriteLineAsync($"Added the model {model.Provider}/{model.Name}.");
        });
        return add;
    }
}
