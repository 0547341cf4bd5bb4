namespace ChatApp.Markdown;

public static class MarkdownServices
{
    /// <summary>Markdown to HTML: one <see cref="MarkdownRenderer"/> with its cache for the process.</summary>
    public static IServiceCollection AddMarkdown(this IServiceCollection services) => services.AddSingleton<MarkdownRenderer>();
}
