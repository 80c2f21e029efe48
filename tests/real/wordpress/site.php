<?php
/* What the tests ask of their own WordPress, through WordPress' own functions.
 *
 *   php site.php ROOT ACTION < arguments.json > answer.json
 *
 * Times are "YYYY-MM-DD HH:MM:SS" in UTC. */
namespace Site;
error_reporting(E_ALL & ~E_DEPRECATED & ~E_WARNING);
define('SITE_ROOT', $argv[1]);   /* constants: WordPress overwrites globals such as $action */
define('SITE_ACTION', $argv[2]);
define('SITE_GIVEN', json_decode(stream_get_contents(STDIN), true));
$_SERVER['HTTP_HOST'] = 'localhost';
$_SERVER['REQUEST_METHOD'] = 'GET';
if (SITE_ACTION === 'install') {
    define('WP_INSTALLING', true);
    $config = file_get_contents(SITE_ROOT . '/wp-config.php');
    preg_match("/localhost:([^']+)'/", $config, $found);
    (new \mysqli('localhost', 'root', '', '', 0, $found[1]))
        ->query('CREATE DATABASE wordpress CHARACTER SET utf8mb4');
}
require SITE_ROOT . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
require_once ABSPATH . 'wp-admin/includes/image.php';

const STATES = ['approved' => '1', 'hold' => '0', 'spam' => 'spam', 'trash' => 'trash'];

function install(array $given): array {
    wp_install($given['title'], 'informationsenheten', 'blogg@sjovik.example', true, '', 'loopback');
    foreach ([
        'blogdescription' => 'Nytt från kommunen',
        'timezone_string' => 'Europe/Stockholm',
        'date_format' => 'Y-m-d',
        'time_format' => 'H:i',
        'comment_moderation' => '0',
        'comment_previously_approved' => '0',
        'show_avatars' => '0',
        'permalink_structure' => '/%postname%/',
        'blog_public' => '0',
    ] as $name => $value) {
        update_option($name, $value);
    }
    flush_rewrite_rules();
    switch_theme('twentytwentythree');
    wp_update_user(['ID' => 1, 'display_name' => 'Informationsenheten']);
    [$password] = \WP_Application_Passwords::create_new_application_password(1, ['name' => 'arkiv']);
    return ['password' => $password];
}

function seed(array $given): array {
    empty_site();
    $ids = ['posts' => [], 'comments' => [], 'pictures' => []];
    wp_defer_term_counting(true);
    wp_defer_comment_counting(true);
    foreach ($given['pictures'] as $picture) {
        $ids['pictures'][$picture['name']] = upload($picture);
    }
    foreach ($given['posts'] as $post) {
        $ids['posts'][$post['name']] = add_post($post, $ids['pictures']);
    }
    foreach ($given['comments'] as $comment) {
        $comment['post'] = $ids['posts'][$comment['post']];
        $comment['parent'] = $ids['comments'][$comment['parent'] ?? ''] ?? 0;
        $ids['comments'][$comment['name']] = add_comment($comment);
    }
    wp_defer_comment_counting(false);
    wp_defer_term_counting(false);
    foreach ($given['posts'] as $post) {
        if (!empty($post['gone'])) lose_post($ids['posts'][$post['name']]);
    }
    return $ids;
}

function empty_site(): void {
    global $wpdb;
    foreach (['posts', 'postmeta', 'comments', 'commentmeta', 'term_relationships'] as $table) {
        $wpdb->query("TRUNCATE TABLE {$wpdb->$table}");
    }
    $uploads = wp_upload_dir()['basedir'];
    array_map('unlink', glob("$uploads/*/*/*.*"));   /* so that names do not become x-1.png */
    wp_cache_flush();
}

function upload(array $picture): array {
    $file = wp_upload_bits($picture['name'], null, base64_decode($picture['bytes']));
    $id = wp_insert_attachment([
        'post_title' => $picture['name'],
        'post_mime_type' => 'image/png',
        'post_status' => 'inherit',
    ], $file['file']);
    wp_update_attachment_metadata($id, wp_generate_attachment_metadata($id, $file['file']));
    update_post_meta($id, '_wp_attachment_image_alt', $picture['alt']);
    return ['id' => $id, 'url' => $file['url']];
}

function add_post(array $post, array $pictures): int {
    global $wpdb;
    $html = preg_replace_callback(
        '/\{picture:([^}]+)\}/', fn($m) => $pictures[$m[1]]['url'], $post['html']);
    $id = wp_insert_post(wp_slash([
        'post_type' => $post['kind'],
        'post_title' => $post['title'],
        'post_name' => $post['slug'] ?? '',
        'post_content' => $html,
        'post_status' => $post['status'] ?? 'publish',
        'post_password' => $post['password'] ?? '',
        'post_author' => 1,
        'post_date_gmt' => $post['published'],
        'post_date' => get_date_from_gmt($post['published']),
        'comment_status' => 'open',
    ]), true);
    if (is_wp_error($id)) throw new \Exception($id->get_error_message());
    if (!empty($post['picture'])) set_post_thumbnail($id, $pictures[$post['picture']]['id']);
    if (!empty($post['modified'])) set_modified($id, $post['modified']);
    if (!empty($post['editor'])) {
        $key = $post['kind'] === 'page' ? 'page_id' : 'p';
        $wpdb->update($wpdb->posts, ['guid' => home_url("/?$key=$id")], ['ID' => $id]);
    }
    clean_post_cache($id);
    return $id;
}

function set_modified(int $id, string $gmt): void {
    global $wpdb;
    $wpdb->update($wpdb->posts, [
        'post_modified_gmt' => $gmt,
        'post_modified' => get_date_from_gmt($gmt),
    ], ['ID' => $id]);
    clean_post_cache($id);
}

/** The row goes and its comments stay: what a crude plugin or a broken import leaves behind. */
function lose_post(int $id): void {
    global $wpdb;
    $wpdb->delete($wpdb->posts, ['ID' => $id]);
    clean_post_cache($id);
}

function add_comment(array $given): int {
    $own = !empty($given['own']);
    return wp_insert_comment(wp_slash([
        'comment_post_ID' => $given['post'],
        'comment_parent' => $given['parent'] ?? 0,
        'comment_type' => $given['kind'] ?? 'comment',
        'comment_content' => $given['text'],
        'comment_author' => $own ? 'Informationsenheten' : $given['author'],
        'comment_author_email' => $own ? 'blogg@sjovik.example' : 'privat.adress@person.example',
        'comment_author_IP' => '192.0.2.77',
        'comment_author_url' => $given['url'] ?? '',
        'comment_agent' => 'Mozilla/5.0 (hemma)',
        'user_id' => $own ? 1 : ($given['user'] ?? 0),
        'comment_date_gmt' => $given['at'],
        'comment_date' => get_date_from_gmt($given['at']),
        'comment_approved' => STATES[$given['state'] ?? 'approved'],
    ]));
}

function edit_post(array $given): bool {
    $change = ['ID' => $given['post']];
    if ($given['text'] !== null) $change['post_content'] = $given['text'];
    if ($given['title'] !== null) $change['post_title'] = $given['title'];
    $done = wp_update_post(wp_slash($change), true);
    if (is_wp_error($done)) throw new \Exception($done->get_error_message());
    set_modified($given['post'], $given['at']);
    return true;
}

function act(string $action, array $given): mixed {
    return match ($action) {
        'install' => install($given),
        'seed' => seed($given),
        'edit_post' => edit_post($given),
        'delete_post' => (bool) wp_delete_post($given['post'], true),
        'trash_post' => (bool) wp_trash_post($given['post']),
        'unpublish_post' => (bool) wp_update_post(['ID' => $given['post'], 'post_status' => 'draft']),
        'add_comment' => add_comment($given),
        'set_comment' => wp_set_comment_status($given['comment'],
            $given['state'] === 'approved' ? 'approve' : $given['state']),
        'delete_comment' => wp_delete_comment($given['comment'], true),
    };
}

ob_start();
$answer = act(SITE_ACTION, SITE_GIVEN);
ob_end_clean();
echo json_encode($answer);
