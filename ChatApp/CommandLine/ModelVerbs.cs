using System.CommandLine;
using ChatApp.Data;
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
        var vision = new Option<bool>("--vision") { Description = "It can look at images. Unless this or --no-vision is given that is not known, and images are sent." };
        var noVision = new Option<bool>("--no-vision") { Description = "It can't look at images: messages with images are refused." };
        var context = new Option<int?>("--context") { Description = "Tokens of its context window: text files that would not fit are cut." };
        var add = new Command("add", "Adds a model.") { provider, name, isDefault, fallback, vision, noVision, context };
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
                result.GetRequiredValue(provider), result.GetRequiredValue(name), result.GetValue(isDefault), result.GetValue(fallback), sees, result.GetValue(context));
            await services.GetRequiredService<ProviderAdmin>().AddModelAsync(model, cancellationToken);
            await result.InvocationConfiguration.Output.WriteLineAsync($"Added the model {model.Provider}/{model.Name}.");
        });
        return add;
    }
}
