using System.CommandLine;
using ChatApp.Providers;

namespace ChatApp.CommandLine;

/// <summary><c>models add</c>.</summary>
public static class ModelVerbs
{
    public static Command Create(IServiceProvider services) => new("models", "The models of the providers.") { CreateAdd(services) };

    private static Command CreateAdd(IServiceProvider services)
    {
        var provider = new Option<string>("--provider") { Required = true, Description = "Slug of the provider." };
        var name = new Option<string>("--name") { Required = true, Description = "The name the provider knows the model by." };
        var isDefault = new Option<bool>("--default") { Description = "Make it the default model." };
        var fallback = new Option<string?>("--fallback") { Description = "Address provider/name of the model that answers when this one fails before its first token." };
        var add = new Command("add", "Adds a model.") { provider, name, isDefault, fallback };
        add.SetAction(async (result, cancellationToken) =>
        {
            var model = new NewModel(result.GetRequiredValue(provider), result.GetRequiredValue(name), result.GetValue(isDefault), result.GetValue(fallback));
            await services.GetRequiredService<ProviderAdmin>().AddModelAsync(model, cancellationToken);
            await result.InvocationConfiguration.Output.WriteLineAsync($"Added the model {model.Provider}/{model.Name}.");
        });
        return add;
    }
}
